'use client';
/** One mail: who, when, and its body as the recipient sees it. */

import { ArrowLeftIcon, MailOpenIcon, RotateCwIcon } from 'lucide-react';
import { CopyButton } from '#components/feedback/copy-button.tsx';
import { MailState } from '#components/mails/mail-state.tsx';
import { may } from '#components/platform/may.ts';
import { type Mail, useResendMail } from '#components/platform/use-mails.ts';
import { Button } from '#components/ui/button.tsx';
import { Tabs, TabsContent, TabsList, TabsTrigger } from '#components/ui/tabs.tsx';

interface MailPaneProps {
  environment: string;
  role: string;
  mail: Mail | null;
  onClose: () => void;
}

export function MailPane({ environment, role, mail, onClose }: MailPaneProps) {
  const resend = useResendMail(environment);
  if (mail === null) {
    return (
      <div className="grid h-full min-h-64 place-content-center justify-items-center gap-2 text-muted-foreground">
        <MailOpenIcon className="size-5" aria-hidden="true" />
        <p className="text-[13px]">Choose a mail to read it.</p>
      </div>
    );
  }
  return (
    <article aria-label={mail.subject} className="grid content-start">
      <div className="grid gap-2 border-b px-4 py-3">
        <div className="flex items-start gap-2">
          <Button variant="ghost" size="icon-sm" aria-label="Back to the list" className="lg:hidden" onClick={onClose}>
            <ArrowLeftIcon />
          </Button>
          <h2 className="min-w-0 flex-1 pt-0.5 text-sm font-semibold">{mail.subject || mail.template}</h2>
          <MailState status={mail.status} />
          {may(role, 'developer') ? (
            <Button variant="outline" size="sm" disabled={resend.isPending} onClick={() => resend.mutate(mail.id)}>
              <RotateCwIcon /> Resend
            </Button>
          ) : null}
        </div>
        <p className="text-xs text-muted-foreground">
          {mail.from ? `${mail.from} → ` : ''}
          <span className="text-foreground">{mail.to}</span> · {new Date(mail.created_at).toLocaleString()} · {mail.template}
        </p>
        {mail.error ? (
          <p role="alert" className="text-xs text-destructive">
            {mail.error}
          </p>
        ) : null}
      </div>
      <MailBody mail={mail} />
    </article>
  );
}

function MailBody({ mail }: { mail: Mail }) {
  if (!mail.html && !mail.text) {
    return (
      <p className="p-4 text-[13px] text-muted-foreground">Its text is not kept: it was delivered, or you may not read it.</p>
    );
  }
  return (
    <Tabs defaultValue={mail.html ? 'html' : 'text'}>
      <div className="border-b px-4">
        <TabsList aria-label="Forms of the mail">
          {mail.html ? <TabsTrigger value="html">HTML</TabsTrigger> : null}
          {mail.text ? <TabsTrigger value="text">Text</TabsTrigger> : null}
        </TabsList>
      </div>
      {mail.html ? (
        <TabsContent value="html">
          {/* No scripts, no forms, no navigation: a mail may hold what a stranger wrote. */}
          <iframe title="Mail as HTML" sandbox="" srcDoc={mail.html} className="block h-[30rem] w-full bg-white" />
        </TabsContent>
      ) : null}
      {mail.text ? (
        <TabsContent value="text" className="relative">
          <pre className="overflow-x-auto p-4 pr-14 font-mono text-xs leading-5 break-words whitespace-pre-wrap">{mail.text}</pre>
          <CopyButton text={mail.text} label="text" className="absolute top-2.5 right-2.5" />
        </TabsContent>
      ) : null}
    </Tabs>
  );
}
