/** Why a form before sign-in was refused. */

import { toMessage } from '#components/platform/platform-error.ts';

export function FormFault({ error }: { error: unknown }) {
  if (!error) return null;
  return (
    <p role="alert" className="rounded-md border border-destructive/30 bg-destructive/8 px-3 py-2 text-[13px] text-destructive">
      {toMessage(error)}
    </p>
  );
}
