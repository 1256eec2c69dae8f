/** Work in steps: others have their turn between two of them when it takes long. */

/** At most about so long without a pause. */
const stepMs = 8;

/** At once when it is done before anybody would notice; else a promise. */
export function inSteps<T>(steps: Generator<void, T>): T | Promise<T> {
  const step = runFor(steps);
  return step.done ? step.value : continueInSteps(steps);
}

/** Without a pause. */
export function atOnce<T>(steps: Generator<void, T>): T {
  let step = steps.next();
  while (!step.done) step = steps.next();
  return step.value;
}

async function continueInSteps<T>(steps: Generator<void, T>): Promise<T> {
  for (;;) {
    await new Promise((resolve) => setImmediate(resolve));
    const step = runFor(steps);
    if (step.done) return step.value;
  }
}

function runFor<T>(steps: Generator<void, T>): IteratorResult<void, T> {
  const startedMs = performance.now();
  let step = steps.next();
  while (!step.done && performance.now() - startedMs < stepMs) step = steps.next();
  return step;
}
