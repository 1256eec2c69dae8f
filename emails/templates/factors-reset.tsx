/** The mail that tells an operator that an owner took the second factors away. */

import { Layout } from '../layout.tsx';
import { Action, Paragraph } from '../parts.tsx';

export const subject = 'Your second factors were reset';

export default function FactorsReset() {
  return (
    <Layout
      preview={'Your second factors were reset'}
      heading={'Your second factors were reset'}
      reason={'If you did not ask for it, set a new password and tell an owner of the platform at once.'}
    >
      <Paragraph>
        {
          '{{ .Actor }} removed the second factors of {{ .Email }} at {{ .Time }}. Every session ended and your personal tokens no longer work.'
        }
      </Paragraph>
      <Paragraph>
        {
          'To sign in again you need your password and the code that whoever reset them gives you. A second factor is then set up anew.'
        }
      </Paragraph>
      <Action href={'{{ .SiteURL }}'} label="Sign in" />
    </Layout>
  );
}
