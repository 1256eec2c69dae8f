/**
 * Milliseconds this thread has computed for. Beside a busy neighbour the clock says more of the machine than of the
 * statement, and what it calls slow would start processes that make the machine busier still.
 */
export function cpuTimeMs(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
}
