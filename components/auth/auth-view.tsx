'use client';

/** How users of an environment sign up, sign in and stay signed in. */

import { AuthSectionCard } from '#components/auth/auth-section-card.tsx';
import { authSections } from '#components/auth/auth-sections.ts';
import { MailTemplatesCard } from '#components/auth/mail-templates-card.tsx';
import { ProvidersCard } from '#components/auth/providers-card.tsx';
import { ErrorPanel } from '#components/feedback/error-panel.tsx';
import { may } from '#components/platform/may.ts';
import { useAuthConfig } from '#components/platform/use-auth-config.ts';
import { EnvironmentPage } from '#components/shell/environment-page.tsx';
import { Skeleton } from '#components/ui/skeleton.tsx';

export function AuthView() {
  return (
    <EnvironmentPage narrow title="Auth" description="How users sign up, sign in and stay signed in.">
      {({ project, environment }) => (
        <AuthSettings key={environment.ref} environment={environment.ref} canManage={may(project.role, 'admin')} />
      )}
    </EnvironmentPage>
  );
}

function AuthSettings({ environment, canManage }: { environment: string; canManage: boolean }) {
  const { data: config, error, refetch } = useAuthConfig(environment);
  if (error && !config) {
    return <ErrorPanel title="The auth settings could not be loaded" error={error} onRetry={() => refetch()} />;
  }
  if (!config) {
    return (
      <div role="status" className="grid gap-6">
        <span className="sr-only">Loading the auth settings</span>
        <Skeleton className="h-96" />
        <Skeleton className="h-64" />
      </div>
    );
  }
  const shared = { environment, config, canManage };
  const [signUp, ...others] = authSections;
  return (
    <>
      {signUp ? <AuthSectionCard section={signUp} {...shared} /> : null}
      <ProvidersCard {...shared} />
      {others.map((section) => (
        <AuthSectionCard key={section.title} section={section} {...shared} />
      ))}
      <MailTemplatesCard {...shared} />
    </>
  );
}
