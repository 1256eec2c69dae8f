/** The mail an owner sends to see whether mails arrive. */

import { Layout } from '../layout.tsx';
import { Paragraph } from '../parts.tsx';

export const subject = 'Mails from KoyaLite arrive';

export default function OperatorTest() {
  return (
    <Layout
      preview={'The mail settings work'}
      heading={'The mail settings work'}
      reason={'An owner of {{ .SiteURL }} asked for this mail.'}
    >
      <Paragraph>Invitations, notices of new devices and links for a new password will arrive like this one.</Paragraph>
    </Layout>
  );
}
