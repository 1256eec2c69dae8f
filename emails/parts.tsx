/** What mails are made of: a paragraph, a button with its address in reach, and a code to type. */

import { Button, Link, Section, Text } from '@react-email/components';
import type { ReactNode } from 'react';

const accent = '#1f6f54';

export function Paragraph({ children }: { readonly children: ReactNode }) {
  return <Text style={{ fontSize: '15px', lineHeight: '24px', margin: '0 0 16px' }}>{children}</Text>;
}

export function Action({ href, label }: { readonly href: string; readonly label: string }) {
  return (
    <Section style={{ margin: '0 0 16px' }}>
      <Button
        href={href}
        style={{ backgroundColor: accent, borderRadius: '6px', color: '#ffffff', fontSize: '15px', padding: '12px 20px' }}
      >
        {label}
      </Button>
      <Text style={{ color: '#6b6b66', fontSize: '13px', lineHeight: '20px', wordBreak: 'break-all' }}>
        <span data-skip-in-text="true">
          Or open <Link href={href}>{href}</Link>
        </span>
      </Text>
    </Section>
  );
}

export function Code({ children }: { readonly children: ReactNode }) {
  return (
    <Text
      style={{
        backgroundColor: '#f6f6f4',
        borderRadius: '6px',
        fontFamily: 'monospace',
        fontSize: '24px',
        letterSpacing: '4px',
        margin: '0 0 16px',
        padding: '12px 16px',
        textAlign: 'center',
      }}
    >
      {children}
    </Text>
  );
}
