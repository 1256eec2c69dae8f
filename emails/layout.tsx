/** The frame of every mail: a card, a heading, a line of reason at the foot. Plain enough for every mail client. */

import { Body, Container, Head, Heading, Hr, Html, Preview, Text } from '@react-email/components';
import type { ReactNode } from 'react';

const body = {
  backgroundColor: '#f6f6f4',
  color: '#1c1c1a',
  fontFamily: 'system-ui, -apple-system, Segoe UI, Helvetica, Arial, sans-serif',
  padding: '24px 0',
};
const card = { backgroundColor: '#ffffff', border: '1px solid #e4e4e0', borderRadius: '8px', maxWidth: '480px', padding: '32px' };
const small = { color: '#6b6b66', fontSize: '13px', lineHeight: '20px' };

export interface LayoutProps {
  readonly preview: string;
  readonly heading: string;
  readonly children: ReactNode;
  /** Why the reader got this. */
  readonly reason: string;
}

export function Layout({ preview, heading, children, reason }: LayoutProps) {
  return (
    <Html lang="en">
      <Head />
      <Preview>{preview}</Preview>
      <Body style={body}>
        <Container style={card}>
          <Heading as="h1" style={{ fontSize: '22px', lineHeight: '28px', margin: '0 0 16px' }}>
            {heading}
          </Heading>
          {children}
          <Hr style={{ borderColor: '#e4e4e0', margin: '24px 0 16px' }} />
          <Text style={{ ...small, margin: 0 }}>{reason}</Text>
        </Container>
      </Body>
    </Html>
  );
}
