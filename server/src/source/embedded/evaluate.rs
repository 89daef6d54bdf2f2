//! One evaluation: its turn, its time, its end when the caller leaves.

use std::sync::Arc;
use std::time::Duration;

use promql::{Answer, Context, EvalError, Expr, Value};
use query::{InstantQuery, QueryOptions, Question, Span};
use series::Sample;

use super::lost::NotingLosses;
use super::turn::CancelOnDrop;
use super::{Engine, EngineOptions, TRUNCATED};
use crate::source::{
    Annotations, ApiErrorKind, Frame, Instant, InstantSample, InstantValue, QueryStats, SourceError,
};

impl Engine {
    /// See [`crate::source::Source::range_query`].
    ///
    /// # Errors
    /// See [`SourceError`].
    pub async fn range_query(
        &self,
        question: &Question,
        span: Span,
        options: &QueryOptions,
    ) -> Result<Frame, SourceError> {
        let step_ms = question.take.step_ms();
        let (value, mut annotations) = self
            .evaluate(&question.text, options, move |expr, context| {
                promql::range(expr, span.start_ms, span.end_ms, step_ms, context)
            })
            .await?;
        let Value::Matrix(series) = value else {
            return Err(SourceError::Api {
                kind: ApiErrorKind::Internal,
                message: "a range query gave no matrix".to_owned(),
            });
        };
        let series = truncate(series, options.limit, &mut annotations);
        Ok(Frame::of_series(series, annotations))
    }

    /// See [`crate::source::Source::instant_query`].
    ///
    /// # Errors
    /// See [`SourceError`].
    pub async fn instant_query(&self, query: &InstantQuery) -> Result<Instant, SourceError> {
        let at_ms = query.at_ms;
        let (value, mut annotations) = self
            .evaluate(&query.expr, &query.options, move |expr, context| {
                promql::instant(expr, at_ms, context)
            })
            .await?;
        let limit = query.options.limit;
        let value = match value {
            Value::Scalar {
                timestamp_ms,
                value,
            } => InstantValue::Scalar(Sample {
                timestamp_ms,
                value,
            }),
            Value::Text { timestamp_ms, text } => InstantValue::String {
                timestamp_ms,
                value: text,
            },
            Value::Vector(samples) => {
                let samples = truncate(samples, limit, &mut annotations);
                InstantValue::Vector(samples.into_iter().map(instant_sample).collect())
            }
            Value::Matrix(series) => {
                InstantValue::Matrix(truncate(series, limit, &mut annotations))
            }
        };
        Ok(Instant { value, annotations })
    }

    async fn evaluate(
        &self,
        text: &str,
        options: &QueryOptions,
        work: impl FnOnce(&Expr, &Context<'_>) -> Result<Answer, EvalError> + Send + 'static,
    ) -> Result<(Value, Annotations), SourceError> {
        let store = Arc::clone(self.store()?);
        let expr = promql::parse(text).map_err(|error| SourceError::Api {
            kind: ApiErrorKind::BadData,
            message: format!("invalid parameter \"query\": {error}"),
        })?;
        let limit = self.options.timeout;
        let limit = options.timeout.map_or(limit, |asked| asked.min(limit));
        let lookback = options.lookback.unwrap_or(self.options.lookback);
        let EngineOptions {
            limits,
            name_removal,
            ..
        } = self.options;
        let turn = self.turn(limit).await?;
        let (asked, waited) = (turn.asked(), turn.waited);
        let caller = CancelOnDrop::default();
        let flag = caller.flag();
        let evaluation = turn.run(move || {
            let store = NotingLosses::new(&store);
            let context = Context {
                lookback_ms: i64::try_from(lookback.as_millis()).unwrap_or(i64::MAX),
                limits,
                name_removal,
                ..Context::new(&store, &flag)
            };
            let mut answer = work(&expr, &context)?;
            answer.warnings.extend(store.remarks());
            Ok(answer)
        });
        let answer = evaluation.await?.map_err(|error| refused(&error))?;
        Ok(split(answer, waited, asked.elapsed()))
    }
}

fn split(answer: Answer, waited: Duration, total: Duration) -> (Value, Annotations) {
    let stats = QueryStats {
        queryable_samples: answer.stats.queryable_samples,
        peak_samples: answer.stats.peak_samples,
        waited,
        total,
    };
    let annotations = Annotations {
        warnings: answer.warnings,
        infos: answer.infos,
        stats: Some(stats),
    };
    (answer.value, annotations)
}

fn instant_sample(one: promql::VectorSample) -> InstantSample {
    InstantSample {
        labels: one.labels,
        sample: Sample {
            timestamp_ms: one.timestamp_ms,
            value: one.value,
        },
        histogram: one.histogram,
    }
}

fn truncate<T>(mut items: Vec<T>, limit: usize, annotations: &mut Annotations) -> Vec<T> {
    if limit > 0 && items.len() > limit {
        items.truncate(limit);
        annotations.warnings.push(TRUNCATED.to_owned());
    }
    items
}

fn refused(error: &EvalError) -> SourceError {
    let message = match error {
        EvalError::BadData(reason) => format!("invalid parameter \"query\": {reason}"),
        other => other.to_string(),
    };
    SourceError::Api {
        kind: ApiErrorKind::from_name(error.error_type()),
        message,
    }
}

#[cfg(test)]
mod tests {
    use tokio::sync::oneshot;

    use super::*;
    use crate::source::EngineOptions;

    #[tokio::test]
    async fn ends_when_the_caller_leaves() {
        let engine = Engine::new(EngineOptions::default(), storage::Options::default());
        engine.open().unwrap();
        let (started, has_started) = oneshot::channel();
        let (ended, outcome) = oneshot::channel();
        let caller = tokio::spawn(async move {
            let options = QueryOptions::default();
            let for_ever = |expr: &Expr, context: &Context<'_>| {
                started.send(()).unwrap();
                loop {
                    if let Err(error) = promql::instant(expr, 0, context) {
                        ended.send(error.to_string()).unwrap();
                        return Err(error);
                    }
                }
            };
            engine.evaluate("vector(1)", &options, for_ever).await
        });
        has_started.await.unwrap();
        caller.abort();
        assert_eq!(outcome.await.unwrap(), EvalError::Canceled.to_string());
    }
}
