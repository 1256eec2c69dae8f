/** The operator invite mail. */

import { Layout } from '../layout.tsx';
import { Action, Paragraph } from '../parts.tsx';

export const subject = '{{ .Inviter }} invited you to {{ .Organization }}';

export default function OperatorInvite() {
  return (
    <Layout
      preview={'Join the team on KoyaLite'}
      heading={'Join {{ .Organization }}'}
      reason={'If you do not know {{ .Inviter }}, you can ignore this mail.'}
    >
      <Paragraph>
        {'{{ .Inviter }} invited you as {{ .Role }}. Follow this link to set up your account; it works for a week, once.'}
      </Paragraph>
      <Action href={'{{ .ConfirmationURL }}'} label="Accept the invitation" />
    </Layout>
  );
}
