/** The recovery mail. */

import { Layout } from '../layout.tsx';
import { Action, Code, Paragraph } from '../parts.tsx';

export const subject = 'Set a new password';

export default function Recovery() {
  return (
    <Layout
      preview={'A link to set a new password'}
      heading={'Set a new password'}
      reason={'Somebody asked for a new password at {{ .SiteURL }}. If it was not you, your password stays as it is.'}
    >
      <Paragraph>{'Follow this link to choose a new password for {{ .Email }}.'}</Paragraph>
      <Action href={'{{ .ConfirmationURL }}'} label="Set a new password" />
      <Paragraph>Or enter this code:</Paragraph>
      <Code>{'{{ .Token }}'}</Code>
    </Layout>
  );
}
