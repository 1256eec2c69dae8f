/** How users sign up and sign in. */

import { AuthView } from '#components/auth/auth-view.tsx';

export const metadata = { title: 'Auth' };

export default function AuthPage() {
  return <AuthView />;
}
