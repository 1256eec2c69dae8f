/** Who works on a project. */

import { MembersView } from '#components/members/members-view.tsx';

export const metadata = { title: 'Members' };

export default function MembersPage() {
  return <MembersView />;
}
