/** The mail with an operator's link to set a new password. */

import { Layout } from '../layout.tsx';
import { Action, Paragraph } from '../parts.tsx';

export const subject = 'Set a new password';

export default function OperatorRecovery() {
  return (
    <Layout
      preview={'A link to set a new password'}
      heading={'Set a new password'}
      reason={'Somebody asked for a new password at {{ .SiteURL }}. If it was not you, your password stays as it is.'}
    >
      <Paragraph>
        {'Follow this link to choose a new password for {{ .Email }}; it works for half an hour. Your second factor stays.'}
      </Paragraph>
      <Action href={'{{ .ConfirmationURL }}'} label="Set a new password" />
    </Layout>
  );
}
