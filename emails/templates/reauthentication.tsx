/** The reauthentication mail. */

import { Layout } from '../layout.tsx';
import { Code, Paragraph } from '../parts.tsx';

export const subject = '{{ .Token }} is your verification code';

export default function Reauthentication() {
  return (
    <Layout
      preview={'A code to confirm it is you'}
      heading={'Confirm it is you'}
      reason={'Somebody signed in to your account at {{ .SiteURL }} wants to change it. If it was not you, set a new password.'}
    >
      <Paragraph>{'Enter this code where you were asked for it.'}</Paragraph>
      <Code>{'{{ .Token }}'}</Code>
    </Layout>
  );
}
