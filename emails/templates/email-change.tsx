/** The email change mail. */

import { Layout } from '../layout.tsx';
import { Action, Code, Paragraph } from '../parts.tsx';

export const subject = 'Confirm the change of your email address';

export default function EmailChange() {
  return (
    <Layout
      preview={'Your email address is about to change'}
      heading={'Confirm your new email address'}
      reason={'Somebody asked for this change at {{ .SiteURL }}. If it was not you, do not confirm, and set a new password.'}
    >
      <Paragraph>{'Follow this link to change your address from {{ .Email }} to {{ .NewEmail }}.'}</Paragraph>
      <Action href={'{{ .ConfirmationURL }}'} label="Confirm the change" />
      <Paragraph>Or enter this code:</Paragraph>
      <Code>{'{{ .Token }}'}</Code>
    </Layout>
  );
}
