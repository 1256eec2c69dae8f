'use client';
/** The three compliance modes, explained. */

import { SwitchRow } from '#components/form/switch-row.tsx';
import type { Compliance } from '#components/platform/schemas.ts';

const modes: { key: keyof Compliance; label: string; hint: string }[] = [
  { key: 'hipaa', label: 'HIPAA', hint: 'Strict row-level security, second factors for operators, and an unbroken audit trail.' },
  { key: 'gdpr', label: 'GDPR', hint: 'Export and erasure of a person’s data, and limits on how long it is kept.' },
  { key: 'ccpa', label: 'CCPA', hint: 'Disclosure and deletion requests, and opting out of sale.' },
];

interface ComplianceSwitchesProps {
  value: Compliance;
  onChange: (value: Compliance) => void;
  disabled?: boolean;
}

export function ComplianceSwitches({ value, onChange, disabled = false }: ComplianceSwitchesProps) {
  return (
    <div className="divide-y">
      {modes.map((mode) => (
        <SwitchRow
          key={mode.key}
          label={mode.label}
          hint={mode.hint}
          checked={value[mode.key]}
          onChange={(checked) => onChange({ ...value, [mode.key]: checked })}
          disabled={disabled}
        />
      ))}
    </div>
  );
}
