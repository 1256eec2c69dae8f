/** The confirmation mail. */

import { Layout } from '../layout.tsx';
import { Action, Code, Paragraph } from '../parts.tsx';

export const subject = 'Confirm your email address';

export default function Confirmation() {
  return (
    <Layout
      preview={'One step left to use your account'}
      heading={'Confirm your email address'}
      reason={'Somebody signed up at {{ .SiteURL }} with this address. If it was not you, nothing happens unless you confirm.'}
    >
      <Paragraph>{'Follow this link to confirm {{ .Email }} and start using your account.'}</Paragraph>
      <Action href={'{{ .ConfirmationURL }}'} label="Confirm my email" />
      <Paragraph>Or enter this code:</Paragraph>
      <Code>{'{{ .Token }}'}</Code>
    </Layout>
  );
}
