/** Apps that users may sign in to with their accounts here. */

import { OAuthAppsView } from '#components/oauth-apps/oauth-apps-view.tsx';

export const metadata = { title: 'OAuth apps' };

export default function OAuthAppsPage() {
  return <OAuthAppsView />;
}
