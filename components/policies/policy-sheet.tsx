'use client';
/** A policy written in a form: what it says as SQL stands below it, and that SQL is what runs. */

import { XIcon } from 'lucide-react';
import { type FormEvent, useState } from 'react';
import { toast } from 'sonner';
import { CopyButton } from '#components/feedback/copy-button.tsx';
import { toMessage } from '#components/platform/platform-error.ts';
import { type Policy, type PolicyTable, useChangePolicies, useWeighPolicies } from '#components/platform/use-policies.ts';
import { PolicyFields } from '#components/policies/policy-fields.tsx';
import { emptyDraft, toChange, toCreate, toDraft, usesCheck, usesUsing } from '#components/policies/policy-sql.ts';
import { Code } from '#components/project-home/code.tsx';
import { SqlNotices } from '#components/sql/sql-notices.tsx';
import { Button } from '#components/ui/button.tsx';
import { Sheet, SheetClose, SheetContent, SheetDescription, SheetTitle } from '#components/ui/sheet.tsx';

interface PolicySheetProps {
  environment: string;
  /** Null: closed. Without a policy: a new one. */
  asked: { table: PolicyTable; policy: Policy | null } | null;
  overview: { tables: PolicyTable[]; roles: string[] };
  onClose: () => void;
  onTry: (table: string) => void;
}

export function PolicySheet({ environment, asked, overview, onClose, onTry }: PolicySheetProps) {
  return (
    <Sheet open={asked !== null} onOpenChange={(open) => !open && onClose()}>
      <SheetContent side="right">
        <div className="flex items-start justify-between gap-4 border-b px-5 py-4">
          <div className="grid min-w-0 gap-0.5">
            <SheetTitle className="truncate text-sm font-semibold">
              {asked?.policy ? `Edit ${asked.policy.name}` : `New policy on ${asked?.table.name ?? ''}`}
            </SheetTitle>
            <SheetDescription className="text-xs text-muted-foreground">
              The SQL below is what runs, in one transaction.
            </SheetDescription>
          </div>
          <SheetClose asChild>
            <Button variant="ghost" size="icon-sm" aria-label="Close">
              <XIcon />
            </Button>
          </SheetClose>
        </div>
        {asked ? (
          <PolicyForm
            environment={environment}
            table={asked.table}
            policy={asked.policy}
            overview={overview}
            onClose={onClose}
            onTry={onTry}
          />
        ) : null}
      </SheetContent>
    </Sheet>
  );
}

interface PolicyFormProps extends Omit<PolicySheetProps, 'asked'> {
  table: PolicyTable;
  policy: Policy | null;
}

function PolicyForm({ environment, table, policy, overview, onClose, onTry }: PolicyFormProps) {
  const [draft, setDraft] = useState(() => (policy ? toDraft(policy) : emptyDraft));
  const change = useChangePolicies(environment);
  const weigh = useWeighPolicies(environment);
  const sql = policy ? toChange(table, policy, draft) : toCreate(table, draft);
  const lacksRule =
    (usesUsing(draft.command) ? draft.using.trim() : '') === '' && (usesCheck(draft.command) ? draft.check.trim() : '') === '';
  const missing = draft.name.trim() === '' ? 'Give it a name.' : lacksRule ? 'Say which rows: write an expression.' : null;
  const isUnchanged = sql === '';
  const isPending = weigh.isPending || change.isPending;
  const error = weigh.error ?? change.error;
  // Of this very text: an answer about what stood here before says nothing.
  const doubts = weigh.variables === sql ? (weigh.data ?? []) : [];
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (missing !== null || isUnchanged || isPending) return;
    if (doubts.length > 0) return save();
    weigh.mutate(sql, { onSuccess: (found) => found.length === 0 && save() });
  };
  const save = () =>
    change.mutate(sql, {
      onSuccess: () => {
        toast.success(policy ? `${draft.name} saved` : `${draft.name} created`, {
          action: { label: 'Try it', onClick: () => onTry(`${table.schema}.${table.name}`) },
        });
        onClose();
      },
    });
  return (
    <form onSubmit={submit} noValidate className="flex min-h-0 flex-1 flex-col">
      <div className="grid flex-1 content-start gap-5 overflow-y-auto p-5">
        <PolicyFields table={table} overview={overview} isNew={policy === null} draft={draft} onChange={setDraft} />
        <div className="grid gap-1.5">
          <h3 className="text-[13px] font-medium">SQL</h3>
          <div className="relative overflow-hidden rounded-md border bg-code">
            <Code text={isUnchanged ? '-- nothing to change' : sql} label="SQL of the policy" language="sql" />
            <CopyButton text={sql} label="SQL" className="absolute top-2 right-2 bg-code" />
          </div>
        </div>
        <div aria-live="polite">
          <SqlNotices notices={doubts} />
        </div>
      </div>
      <div className="flex items-center justify-between gap-3 border-t bg-muted/40 px-5 py-3">
        <p role={error ? 'alert' : undefined} className="min-w-0 text-xs text-muted-foreground">
          {error ? (
            <span className="text-destructive">{toMessage(error)}</span>
          ) : (
            (missing ?? (doubts.length > 0 ? 'Nothing is saved yet.' : null))
          )}
        </p>
        <Button
          type="submit"
          variant={doubts.length > 0 ? 'destructive' : 'default'}
          className="shrink-0"
          disabled={missing !== null || isUnchanged || isPending}
        >
          {isPending ? 'Running…' : `${policy ? 'Save' : 'Create'} ${doubts.length > 0 ? 'all the same' : 'policy'}`}
        </Button>
      </div>
    </form>
  );
}
