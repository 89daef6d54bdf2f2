// A FastAPI service with Prometheus' middleware: `_created` series, status 408 for exceptions, an exception counter
// without a sample, and a gauge that drifts below zero. It says that its page is of version 1.0.0.
import { Exporter, family, histogram, sample } from './exporter.ts';

const BOUNDS_S = [0.005, 0.05, 0.5, 5, 10];

/** One request of so many ends in an exception. */
export const EXCEPTION_ONE_OF = 40;
export const ACTIVE_INFERENCES = -2;

function page(seconds: number): string {
  const exceptions = Math.floor(seconds);
  const good = exceptions * (EXCEPTION_ONE_OF - 1);
  const start = { app_name: 'ASGIApp', method: 'POST', path: '/inference/start', status_code: '200' };
  const train = { app_name: 'ASGIApp', method: 'POST', path: '/train/start', status_code: '408' };
  return [
    family('api_request_total', 'counter', [
      sample('api_request_total', start, good),
      sample('api_request_total', train, exceptions),
    ]),
    family('api_request_created', 'gauge', [sample('api_request_created', start, 1.76545e9)]),
    family('api_exception_total', 'counter', []),
    family('api_processing_time', 'histogram', [
      ...histogram('api_processing_time', start, BOUNDS_S, [0.004, 0.02, 0.03, 0.2], Math.floor(good / 4)),
      ...histogram('api_processing_time', train, BOUNDS_S, [7], exceptions),
    ]),
    family('api_active_inferences', 'gauge', [sample('api_active_inferences', {}, ACTIVE_INFERENCES)]),
  ].join('\n');
}

export async function startFastApi(port = 0): Promise<Exporter> {
  return Exporter.start(page, 'text/plain; version=1.0.0; charset=utf-8', port);
}
