'use client';
/** Finer rate limits, each a line: so many requests in so many seconds, counted by address, user or route. */

import { PlusIcon, Trash2Icon } from 'lucide-react';
import { Controller, type UseFormReturn, useFieldArray } from 'react-hook-form';
import type { z } from 'zod';
import type { ApiSettingsForm, apiSettingsFormSchema } from '#components/settings/api-settings-form.ts';
import { Button } from '#components/ui/button.tsx';
import { Input } from '#components/ui/input.tsx';
import { Select, SelectContent, SelectItem, SelectTrigger, SelectValue } from '#components/ui/select.tsx';

interface RateLimitRowsProps {
  form: UseFormReturn<z.input<typeof apiSettingsFormSchema>, unknown, ApiSettingsForm>;
  canManage: boolean;
}

const services = ['*', 'rest', 'auth', 'graphql', 'storage', 'functions', 'realtime', 'search'].map((value) => ({
  value,
  label: value === '*' ? 'All APIs' : value,
}));
const counted = [
  { value: 'address', label: 'per address' },
  { value: 'user', label: 'per user' },
  { value: 'route', label: 'per address and route' },
];

export function RateLimitRows({ form, canManage }: RateLimitRowsProps) {
  const { fields, append, remove } = useFieldArray({ control: form.control, name: 'rateLimits' });
  const errors = form.formState.errors.rateLimits;
  return (
    <fieldset className="grid gap-3">
      <legend className="mb-3 text-[13px] leading-none font-medium">Rate limits</legend>
      {fields.length === 0 ? (
        <p className="text-xs text-muted-foreground">None. A request has to pass all that apply to it.</p>
      ) : null}
      {fields.map((row, index) => {
        const message = errors?.[index]?.requests?.message ?? errors?.[index]?.seconds?.message;
        return (
          <div key={row.id} className="grid gap-1">
            <div className="flex flex-wrap items-center gap-2">
              <Pick
                form={form}
                name={`rateLimits.${index}.service`}
                label={`API of limit ${index + 1}`}
                options={services}
                canManage={canManage}
              />
              <Pick
                form={form}
                name={`rateLimits.${index}.per`}
                label={`Counted by of limit ${index + 1}`}
                options={counted}
                canManage={canManage}
              />
              <Input
                aria-label={`Requests of limit ${index + 1}`}
                inputMode="numeric"
                className="w-24"
                {...form.register(`rateLimits.${index}.requests`)}
              />
              <span className="text-xs text-muted-foreground">in</span>
              <Input
                aria-label={`Seconds of limit ${index + 1}`}
                inputMode="numeric"
                className="w-20"
                {...form.register(`rateLimits.${index}.seconds`)}
              />
              <span className="text-xs text-muted-foreground">seconds</span>
              <Button
                variant="ghost"
                size="icon-sm"
                className="ml-auto"
                aria-label={`Remove limit ${index + 1}`}
                disabled={!canManage}
                onClick={() => remove(index)}
              >
                <Trash2Icon />
              </Button>
            </div>
            {message ? <p className="text-xs text-destructive">{message}</p> : null}
          </div>
        );
      })}
      <div>
        <Button
          variant="outline"
          size="sm"
          disabled={!canManage || fields.length >= 20}
          onClick={() => append({ service: '*', per: 'address', requests: 100, seconds: 60 })}
        >
          <PlusIcon /> Add limit
        </Button>
      </div>
    </fieldset>
  );
}

interface PickProps extends RateLimitRowsProps {
  name: `rateLimits.${number}.service` | `rateLimits.${number}.per`;
  label: string;
  options: readonly { value: string; label: string }[];
}

function Pick({ form, name, label, options, canManage }: PickProps) {
  return (
    <Controller
      control={form.control}
      name={name}
      render={({ field }) => (
        <Select value={field.value} onValueChange={field.onChange} disabled={!canManage}>
          <SelectTrigger aria-label={label} className="w-auto">
            <SelectValue />
          </SelectTrigger>
          <SelectContent>
            {options.map((option) => (
              <SelectItem key={option.value} value={option.value}>
                {option.label}
              </SelectItem>
            ))}
          </SelectContent>
        </Select>
      )}
    />
  );
}
