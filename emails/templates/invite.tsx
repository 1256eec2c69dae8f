/** The invite mail. */

import { Layout } from '../layout.tsx';
import { Action, Code, Paragraph } from '../parts.tsx';

export const subject = 'You have been invited';

export default function Invite() {
  return (
    <Layout
      preview={'An account is waiting for you'}
      heading={'You have been invited'}
      reason={'If you expected no invitation, you can ignore this mail.'}
    >
      <Paragraph>{'You have been invited to {{ .SiteURL }}. Follow this link to accept.'}</Paragraph>
      <Action href={'{{ .ConfirmationURL }}'} label="Accept the invitation" />
      <Paragraph>Or enter this code:</Paragraph>
      <Code>{'{{ .Token }}'}</Code>
    </Layout>
  );
}
