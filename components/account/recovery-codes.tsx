/** Recovery codes, shown this once. */

import { SecretOnce } from '#components/feedback/secret-once.tsx';
import { Button } from '#components/ui/button.tsx';
import { DialogDescription, DialogFooter, DialogHeader, DialogTitle } from '#components/ui/dialog.tsx';

export function RecoveryCodes({ codes, onClose }: { codes: string[]; onClose: () => void }) {
  return (
    <>
      <DialogHeader>
        <DialogTitle>Recovery codes</DialogTitle>
        <DialogDescription>Keep them where you keep passwords, not on the device they stand in for.</DialogDescription>
      </DialogHeader>
      <SecretOnce text={codes.join('\n')} label="recovery codes" note="They are not shown again." />
      <DialogFooter>
        <Button onClick={onClose}>I have kept them</Button>
      </DialogFooter>
    </>
  );
}
