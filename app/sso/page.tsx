/** Where the organisation's provider sends the browser back to. */

import { SignInFrame } from '#components/sign-in/sign-in-frame.tsx';
import { SsoArrival } from '#components/sign-in/sso-arrival.tsx';

export const metadata = { title: 'Single sign-on', referrer: 'no-referrer' as const };

export default function SsoPage() {
  return (
    <SignInFrame title="Single sign-on" description="Your organisation vouches for you.">
      <SsoArrival />
    </SignInFrame>
  );
}
