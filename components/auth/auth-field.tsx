'use client';
/** The control of one auth setting. */

import type { AuthSetting } from '#components/auth/auth-sections.ts';
import { type ControlProps, Field } from '#components/form/field.tsx';
import { Input } from '#components/ui/input.tsx';
import { Select, SelectContent, SelectItem, SelectTrigger, SelectValue } from '#components/ui/select.tsx';
import { Textarea } from '#components/ui/textarea.tsx';

interface AuthFieldProps {
  setting: AuthSetting;
  value: string;
  /** Whether a secret is set on the server. */
  isSet: boolean;
  fault: string | null;
  disabled: boolean;
  onChange: (value: string) => void;
}

export function AuthField({ setting, fault, ...props }: AuthFieldProps) {
  return (
    <Field label={setting.label} error={fault ?? undefined} {...(setting.hint === undefined ? {} : { hint: setting.hint })}>
      {(control) => <AuthControl setting={setting} control={control} {...props} />}
    </Field>
  );
}

type AuthControlProps = Omit<AuthFieldProps, 'fault'> & { control: ControlProps };

function AuthControl({ setting, control, value, isSet, disabled, onChange }: AuthControlProps) {
  const shared = {
    ...control,
    value,
    disabled,
    spellCheck: false,
    onChange: (event: { target: { value: string } }) => onChange(event.target.value),
  };
  switch (setting.kind) {
    case 'choice':
      return (
        <Select value={value} onValueChange={onChange} disabled={disabled}>
          <SelectTrigger {...control}>
            <SelectValue />
          </SelectTrigger>
          <SelectContent>
            {setting.choices.map((choice) => (
              <SelectItem key={choice.value} value={choice.value}>
                {choice.label}
              </SelectItem>
            ))}
          </SelectContent>
        </Select>
      );
    case 'list':
      return <Textarea rows={3} className="font-mono text-xs" {...shared} />;
    case 'secret':
      return (
        <Input type="password" autoComplete="new-password" placeholder={isSet ? 'Set; type to replace' : 'Not set'} {...shared} />
      );
    case 'number':
      return <Input inputMode="numeric" autoComplete="off" {...shared} />;
    default:
      return <Input autoComplete="off" {...shared} />;
  }
}
