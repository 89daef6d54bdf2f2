//! What a file need not write.

/// Whether a value is the one that holds where its key is left out.
pub(crate) fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}
