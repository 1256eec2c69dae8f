/** The way in. */

import { Suspense } from 'react';
import { SignInForm } from '#components/sign-in/sign-in-form.tsx';
import { SignInFrame } from '#components/sign-in/sign-in-frame.tsx';

export const metadata = { title: 'Sign in' };

export default function SignInPage() {
  return (
    <SignInFrame title="Sign in" description="Manage the projects on this server.">
      <Suspense>
        <SignInForm />
      </Suspense>
    </SignInFrame>
  );
}
