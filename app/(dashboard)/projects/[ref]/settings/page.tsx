/** A project's settings. */

import { SettingsView } from '#components/settings/settings-view.tsx';

export const metadata = { title: 'Settings' };

export default function SettingsPage() {
  return <SettingsView />;
}
