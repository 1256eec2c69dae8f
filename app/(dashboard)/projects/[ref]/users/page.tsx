/** The end users of an environment. */

import { UsersView } from '#components/users/users-view.tsx';

export const metadata = { title: 'Users' };

export default function UsersPage() {
  return <UsersView />;
}
