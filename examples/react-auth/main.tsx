/** The page: who is signed in, or the ways to sign in; and the question whether another app may sign the user in. */

import { createClient, type Session } from '@supabase/supabase-js';
import { useEffect, useState } from 'react';
import { createRoot } from 'react-dom/client';
import { Account } from './account.tsx';
import { Consent } from './consent.tsx';
import { SignIn } from './sign-in.tsx';

declare const PROJECT_URL: string;
declare const PROJECT_KEY: string;

const supabase = createClient(PROJECT_URL, PROJECT_KEY);

function App() {
  const [session, setSession] = useState<Session | null>(null);
  useEffect(() => supabase.auth.onAuthStateChange((_event, next) => setSession(next)).data.subscription.unsubscribe, []);
  if (session === null) return <SignIn client={supabase} />;
  const isConsent = window.location.pathname === '/oauth/consent';
  return isConsent ? <Consent client={supabase} session={session} /> : <Account client={supabase} session={session} />;
}

const root = document.getElementById('root');
if (root !== null) createRoot(root).render(<App />);
