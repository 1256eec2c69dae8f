/** The signed-in operator’s own account. */

import { AccountView } from '#components/account/account-view.tsx';

export const metadata = { title: 'Account' };

export default function AccountPage() {
  return <AccountView />;
}
