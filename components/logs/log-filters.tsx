'use client';
/** Which requests to show: path, service, method, status, how slow, how far back; and whether new ones come in by themselves. */

import { SearchIcon } from 'lucide-react';
import { useId } from 'react';
import { spans } from '#components/logs/log-words.ts';
import type { LogFilter } from '#components/platform/use-request-log.ts';
import { CardHeader } from '#components/ui/card.tsx';
import { Input } from '#components/ui/input.tsx';
import { Label } from '#components/ui/label.tsx';
import { Select, SelectContent, SelectItem, SelectTrigger, SelectValue } from '#components/ui/select.tsx';
import { Switch } from '#components/ui/switch.tsx';

interface LogFiltersProps {
  filter: LogFilter;
  onChange: (filter: LogFilter) => void;
  live: boolean;
  onLive: (live: boolean) => void;
}

/** Radix takes no empty value. */
const any = 'any';
const services = ['rest', 'auth', 'graphql', 'storage', 'functions', 'realtime', 'search'];
const methods = ['GET', 'POST', 'PATCH', 'PUT', 'DELETE'];
const statuses = [
  { value: '2', label: '2xx success' },
  { value: '3', label: '3xx redirect' },
  { value: '4', label: '4xx refused' },
  { value: '5', label: '5xx failed' },
];
const slow = [
  { value: '50', label: 'over 50 ms' },
  { value: '200', label: 'over 200 ms' },
  { value: '1000', label: 'over 1 s' },
];
const toOptions = (names: readonly string[]) => names.map((name) => ({ value: name, label: name }));

export function LogFilters({ filter, onChange, live, onLive }: LogFiltersProps) {
  const id = useId();
  const set = (part: Partial<LogFilter>) => onChange({ ...filter, ...part });
  return (
    <CardHeader className="justify-start gap-2">
      <div className="relative w-full sm:w-56">
        <SearchIcon className="pointer-events-none absolute top-1/2 left-2.5 size-4 -translate-y-1/2 text-muted-foreground" />
        <Input
          type="search"
          aria-label="Search by path or request id"
          placeholder="Path or request id"
          className="pl-8"
          value={filter.search}
          onChange={(event) => set({ search: event.target.value.trim() })}
        />
      </div>
      <Pick
        label="Service"
        all="All services"
        options={toOptions(services)}
        value={filter.service}
        onChange={(service) => set({ service })}
      />
      <Pick
        label="Method"
        all="All methods"
        options={toOptions(methods)}
        value={filter.method}
        onChange={(method) => set({ method })}
      />
      <Pick
        label="Status"
        all="Any status"
        options={statuses}
        value={filter.statusClass}
        onChange={(statusClass) => set({ statusClass })}
      />
      <Pick
        label="Duration"
        all="Any duration"
        options={slow}
        value={filter.minElapsedMs === 0 ? '' : String(filter.minElapsedMs)}
        onChange={(ms) => set({ minElapsedMs: Number(ms) })}
      />
      <Pick
        label="Time"
        options={spans}
        value={String(filter.seconds)}
        onChange={(seconds) => set({ seconds: Number(seconds) })}
      />
      <div className="ml-auto flex items-center gap-2">
        <Switch id={id} checked={live} onCheckedChange={onLive} />
        <Label htmlFor={id} className="text-xs">
          Live
        </Label>
      </div>
    </CardHeader>
  );
}

interface PickProps {
  label: string;
  /** What no choice is called; without it there is always one. */
  all?: string;
  options: readonly { value: string; label: string }[];
  value: string;
  onChange: (value: string) => void;
}

export function Pick({ label, all, options, value, onChange }: PickProps) {
  return (
    <Select value={value === '' ? any : value} onValueChange={(next) => onChange(next === any ? '' : next)}>
      <SelectTrigger aria-label={label} className="w-auto max-sm:flex-1">
        <SelectValue />
      </SelectTrigger>
      <SelectContent>
        {all === undefined ? null : <SelectItem value={any}>{all}</SelectItem>}
        {options.map((option) => (
          <SelectItem key={option.value} value={option.value}>
            {option.label}
          </SelectItem>
        ))}
      </SelectContent>
    </Select>
  );
}
