/** For who forgot the password. */

import { ForgotPasswordForm } from '#components/sign-in/forgot-password-form.tsx';
import { SignInFrame } from '#components/sign-in/sign-in-frame.tsx';

export const metadata = { title: 'Forgot password' };

export default function ForgotPasswordPage() {
  return (
    <SignInFrame title="Forgot your password?" description="A link to set a new one is mailed to you.">
      <ForgotPasswordForm />
    </SignInFrame>
  );
}
