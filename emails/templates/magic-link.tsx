/** The magic link mail. */

import { Layout } from '../layout.tsx';
import { Action, Code, Paragraph } from '../parts.tsx';

export const subject = 'Your sign-in link';

export default function MagicLink() {
  return (
    <Layout
      preview={'Sign in with this link'}
      heading={'Sign in'}
      reason={'Somebody asked to sign in at {{ .SiteURL }}. If it was not you, you can ignore this mail.'}
    >
      <Paragraph>{'Follow this link to sign in as {{ .Email }}. It works once.'}</Paragraph>
      <Action href={'{{ .ConfirmationURL }}'} label="Sign in" />
      <Paragraph>Or enter this code:</Paragraph>
      <Code>{'{{ .Token }}'}</Code>
    </Layout>
  );
}
