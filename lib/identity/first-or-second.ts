/** Work that goes to helpers who may never get a turn, and to others when those got nothing done for a while. */

export interface FirstOrSecondOptions {
  /** How long the first helpers may finish nothing at all before the second are asked. */
  readonly patienceMs: number;
  /** How long everything then goes to the second helpers at once. */
  readonly restMs: number;
}

export interface Helpers<W> {
  /** `signal` tells that the answer is no longer wanted. */
  first(work: W, signal: AbortSignal): Promise<unknown>;
  second(work: W): Promise<unknown>;
}

/** Work must be without effect: it may be done twice. */
export function createFirstOrSecond<W>(helpers: Helpers<W>, { patienceMs, restMs }: FirstOrSecondOptions) {
  let lastDoneMs = 0;
  let restUntilMs = 0;

  return function run(work: W): Promise<unknown> {
    if (performance.now() < restUntilMs) return helpers.second(work);
    const unwanted = new AbortController();
    const answer = helpers.first(work, unwanted.signal);
    return new Promise((resolve, reject) => {
      const watch = setInterval(() => {
        const nowMs = performance.now();
        if (nowMs - lastDoneMs < patienceMs) return;
        clearInterval(watch);
        restUntilMs = nowMs + restMs;
        resolve(helpers.second(work));
        unwanted.abort();
      }, patienceMs);
      answer.then(resolve, reject).finally(() => {
        clearInterval(watch);
        lastDoneMs = performance.now();
      });
    });
  };
}
