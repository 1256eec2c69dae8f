/** Where the link of a forgotten password leads. */

import { ResetPasswordForm } from '#components/sign-in/reset-password-form.tsx';
import { SignInFrame } from '#components/sign-in/sign-in-frame.tsx';

export const metadata = { title: 'Set a new password', referrer: 'no-referrer' as const };

export default function ResetPasswordPage() {
  return (
    <SignInFrame title="Set a new password" description="Your second factor stays as it is.">
      <ResetPasswordForm />
    </SignInFrame>
  );
}
