//! Samples to a picture: scales, ticks, decimation, live windows, paint.
