/** The mails an environment sent. */

import { MailsView } from '#components/mails/mails-view.tsx';

export const metadata = { title: 'Mails' };

export default function MailsPage() {
  return <MailsView />;
}
