/** The same boot when Next runs without `server.ts` (platform hosts): the platform is ready before the first request. */

export async function register(): Promise<void> {
  if (process.env.NEXT_RUNTIME !== 'nodejs') return;
  const { loadPlatform } = await import('./app/api/load-platform.ts');
  await loadPlatform();
}
