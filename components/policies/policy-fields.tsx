'use client';
/** The fields of a policy: a template to start from, for what, for whom, and which rows. */

import { Choice } from '#components/form/choice.tsx';
import { Field } from '#components/form/field.tsx';
import { SwitchRow } from '#components/form/switch-row.tsx';
import type { Policy, PolicyTable } from '#components/platform/use-policies.ts';
import { type PolicyDraft, usesCheck, usesUsing } from '#components/policies/policy-sql.ts';
import { policyTemplates } from '#components/policies/policy-templates.ts';
import { Input } from '#components/ui/input.tsx';
import { Textarea } from '#components/ui/textarea.tsx';

interface PolicyFieldsProps {
  table: PolicyTable;
  overview: { tables: PolicyTable[]; roles: string[] };
  isNew: boolean;
  draft: PolicyDraft;
  onChange: (draft: PolicyDraft) => void;
}

const commands = [
  { value: 'all', label: 'Everything (ALL)' },
  { value: 'select', label: 'Reading (SELECT)' },
  { value: 'insert', label: 'Adding (INSERT)' },
  { value: 'update', label: 'Changing (UPDATE)' },
  { value: 'delete', label: 'Deleting (DELETE)' },
] as const;

function toCommand(text: string): Policy['command'] {
  return commands.find(({ value }) => value === text)?.value ?? 'select';
}

export function PolicyFields({ table, overview, isNew, draft, onChange }: PolicyFieldsProps) {
  const set = (part: Partial<PolicyDraft>) => onChange({ ...draft, ...part });
  const columns = table.columns.map((column) => column.name).join(', ');
  const code = 'min-h-16 font-mono text-xs leading-5';
  return (
    <>
      {isNew ? (
        <Field label="Start from" hint="Fills in the fields; read what it says before it runs.">
          {(control) => (
            <Choice
              control={control}
              options={[
                { value: 'none', label: 'An empty policy' },
                ...policyTemplates.map(({ id, label }) => ({ value: id, label })),
              ]}
              value={policyTemplates.find(({ label }) => label === draft.template)?.id ?? 'none'}
              onChange={(id) => {
                const template = policyTemplates.find((one) => one.id === id);
                if (template) onChange({ ...template.make(table, overview.tables), template: template.label });
              }}
            />
          )}
        </Field>
      ) : null}
      <Field label="Name">
        {(control) => (
          <Input autoComplete="off" {...control} value={draft.name} onChange={(event) => set({ name: event.target.value })} />
        )}
      </Field>
      <Field label="For">
        {(control) => (
          <Choice
            control={control}
            options={commands}
            value={draft.command}
            onChange={(value) => set({ command: toCommand(value) })}
          />
        )}
      </Field>
      <Roles roles={overview.roles} chosen={draft.roles} onChange={(roles) => set({ roles })} />
      {usesUsing(draft.command) ? (
        <Field
          label="Rows it is about (USING)"
          hint={`Columns: ${columns}. Claims: auth.uid(), auth.role(), auth.jwt(), auth.has_role().`}
        >
          {(control) => (
            <Textarea
              spellCheck={false}
              className={code}
              placeholder="owner = auth.uid()"
              {...control}
              value={draft.using}
              onChange={(event) => set({ using: event.target.value })}
            />
          )}
        </Field>
      ) : null}
      {usesCheck(draft.command) ? (
        <Field
          label="Rows it lets be written (WITH CHECK)"
          hint={draft.command === 'insert' ? `Columns: ${columns}.` : 'Left empty, the rule above is asked of the new row too.'}
        >
          {(control) => (
            <Textarea
              spellCheck={false}
              className={code}
              placeholder="owner = auth.uid()"
              {...control}
              value={draft.check}
              onChange={(event) => set({ check: event.target.value })}
            />
          )}
        </Field>
      ) : null}
      <SwitchRow
        label="Restrictive"
        hint="Narrows what other policies admit, and admits nothing by itself."
        checked={!draft.permissive}
        onChange={(restrictive) => set({ permissive: !restrictive })}
      />
    </>
  );
}

function Roles({ roles, chosen, onChange }: { roles: string[]; chosen: string[]; onChange: (roles: string[]) => void }) {
  return (
    <fieldset className="grid gap-1.5">
      <legend className="mb-1.5 text-[13px] leading-none font-medium">To</legend>
      <div className="flex flex-wrap gap-x-4 gap-y-2">
        <RoleBox label="everyone" checked={chosen.length === 0} onChange={() => onChange([])} />
        {roles.map((role) => (
          <RoleBox
            key={role}
            label={role}
            checked={chosen.includes(role)}
            onChange={(on) => onChange(on ? [...chosen, role] : chosen.filter((one) => one !== role))}
          />
        ))}
      </div>
    </fieldset>
  );
}

function RoleBox({ label, checked, onChange }: { label: string; checked: boolean; onChange: (on: boolean) => void }) {
  return (
    <label className="flex items-center gap-2 text-[13px]">
      <input
        type="checkbox"
        className="size-4 accent-primary"
        checked={checked}
        onChange={(event) => onChange(event.target.checked)}
      />
      {label}
    </label>
  );
}
