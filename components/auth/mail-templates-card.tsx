'use client';
/** Subjects and bodies of one's own for the mails, with a preview. */

import { useState } from 'react';
import { toast } from 'sonner';
import type { AuthCardProps } from '#components/auth/auth-section-card.tsx';
import { mailTemplates, toPreview } from '#components/auth/mail-templates.ts';
import { Field } from '#components/form/field.tsx';
import { toMessage } from '#components/platform/platform-error.ts';
import { useUpdateAuthConfig } from '#components/platform/use-auth-config.ts';
import { SaveBar } from '#components/settings/save-bar.tsx';
import { Card, CardContent, CardDescription, CardHeader, CardTitle } from '#components/ui/card.tsx';
import { Input } from '#components/ui/input.tsx';
import { Select, SelectContent, SelectItem, SelectTrigger, SelectValue } from '#components/ui/select.tsx';
import { Textarea } from '#components/ui/textarea.tsx';

export function MailTemplatesCard({ environment, config, canManage }: AuthCardProps) {
  const [name, setName] = useState('confirmation');
  return (
    <Card aria-label="Mail templates">
      <CardHeader>
        <div className="grid gap-0.5">
          <CardTitle>Mail templates</CardTitle>
          <CardDescription>Empty fields keep the built-in text.</CardDescription>
        </div>
        <Select value={name} onValueChange={setName}>
          <SelectTrigger className="w-48" aria-label="Template">
            <SelectValue />
          </SelectTrigger>
          <SelectContent>
            {mailTemplates.map((template) => (
              <SelectItem key={template.name} value={template.name}>
                {template.title}
              </SelectItem>
            ))}
          </SelectContent>
        </Select>
      </CardHeader>
      <TemplateForm key={name} name={name} environment={environment} config={config} canManage={canManage} />
    </Card>
  );
}

function TemplateForm({ name, environment, config, canManage }: AuthCardProps & { name: string }) {
  const update = useUpdateAuthConfig(environment);
  const subjectKey = `mailer_subjects_${name}`;
  const contentKey = `mailer_templates_${name}_content`;
  const saved = { subject: String(config[subjectKey] ?? ''), content: String(config[contentKey] ?? '') };
  const [subject, setSubject] = useState(saved.subject);
  const [content, setContent] = useState(saved.content);
  const dirty = subject !== saved.subject || content !== saved.content;
  const save = () =>
    update.mutate(
      { [subjectKey]: subject || null, [contentKey]: content || null },
      { onSuccess: () => toast.success('Template saved') },
    );
  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        save();
      }}
    >
      <CardContent className="grid gap-5">
        <Field label="Subject">
          {(control) => (
            <Input
              autoComplete="off"
              disabled={!canManage}
              {...control}
              value={subject}
              onChange={(event) => setSubject(event.target.value)}
            />
          )}
        </Field>
        <Field
          label="Content"
          hint="HTML with {{ .ConfirmationURL }}, {{ .Token }}, {{ .TokenHash }}, {{ .SiteURL }}, {{ .RedirectTo }}, {{ .Email }}, {{ .NewEmail }} and {{ .Data.name }}."
        >
          {(control) => (
            <Textarea
              rows={7}
              spellCheck={false}
              className="font-mono text-xs"
              disabled={!canManage}
              {...control}
              value={content}
              onChange={(event) => setContent(event.target.value)}
            />
          )}
        </Field>
        {content.trim() === '' ? null : (
          <div className="grid gap-1.5">
            <p className="text-[13px] font-medium">Preview</p>
            <iframe
              title="Preview of the template"
              sandbox=""
              srcDoc={toPreview(content)}
              className="block h-72 w-full rounded-md border bg-white"
            />
          </div>
        )}
      </CardContent>
      <SaveBar
        dirty={dirty}
        saving={update.isPending}
        onReset={() => {
          setSubject(saved.subject);
          setContent(saved.content);
          update.reset();
        }}
        error={update.error ? toMessage(update.error) : undefined}
      />
    </form>
  );
}
