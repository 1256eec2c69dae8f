/** The new device mail. */

import { Layout } from '../layout.tsx';
import { Action, Paragraph } from '../parts.tsx';

export const subject = 'New sign-in to your account';

export default function NewDevice() {
  return (
    <Layout
      preview={'A new device signed in'}
      heading={'A new device signed in'}
      reason={'If it was you, there is nothing to do. If not, set a new password and end that session.'}
    >
      <Paragraph>{'{{ .Device }} signed in to {{ .Email }} from {{ .Address }} at {{ .Time }}.'}</Paragraph>
      <Action href={'{{ .SiteURL }}'} label="Look at my sessions" />
    </Layout>
  );
}
