/** Roles and permissions an app defines, and who has them. */

import { RolesView } from '#components/roles/roles-view.tsx';

export const metadata = { title: 'Roles' };

export default function RolesPage() {
  return <RolesView />;
}
