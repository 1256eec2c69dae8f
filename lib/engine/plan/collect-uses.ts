/** Every relation, column and function a plan touches, with the privilege it takes: what GRANTs are checked against. */

import type { Privilege, SqlFunction, Table } from '#lib/engine/catalog/catalog.ts';
import type {
  Condition,
  DeletePlan,
  Embed,
  InsertPlan,
  Link,
  OrderTerm,
  Plan,
  SelectPlan,
  UpdatePlan,
  Value,
} from '#lib/engine/plan/plan.ts';
import { findShownName } from '#lib/engine/plan/shown-columns.ts';

export interface RelationUse {
  readonly table: Table;
  readonly privilege: Privilege;
  readonly columns: Set<string>;
}

export interface Uses {
  readonly relations: readonly RelationUse[];
  readonly functions: readonly SqlFunction[];
}

export function collectUses(plan: Plan): Uses {
  const collector = createCollector();
  if ('through' in plan && plan.through !== null) addThrough(collector, plan, plan.through);
  const owned = 'through' in plan && plan.through?.view?.securityInvoker === false;
  switch (plan.kind) {
    case 'read':
      collector.select(plan.select);
      break;
    case 'insert':
      if (owned) break;
      collector.use(
        plan.table,
        'insert',
        plan.columns.map((column) => column.name),
      );
      if (plan.conflict?.action === 'merge')
        collector.use(
          plan.table,
          'update',
          plan.columns.map((column) => column.name),
        );
      if (plan.conflict !== null && plan.conflict.target.length > 0) collector.use(plan.table, 'select', plan.conflict.target);
      break;
    case 'update':
      if (!owned)
        collector.use(
          plan.table,
          'update',
          plan.columns.map((column) => column.name),
        );
      collector.filter(plan.through ?? plan.table, plan.alias, plan.where);
      break;
    case 'delete':
      if (!owned) collector.use(plan.table, 'delete', []);
      collector.filter(plan.through ?? plan.table, plan.alias, plan.where);
      break;
    case 'call':
      collector.call(plan.call.fn);
      if (plan.select !== null) collector.select(plan.select);
      break;
  }
  if ('returning' in plan && plan.returning !== null) collector.select(plan.returning);
  return { relations: collector.relations(), functions: collector.functions };
}

/** Privileges on the view itself; those on its table are asked for besides, unless the view has its owner's rights. */
function addThrough(collector: Collector, plan: InsertPlan | UpdatePlan | DeletePlan, view: Table): void {
  const toShown = (names: readonly string[]) => names.map((name) => findShownName(view, name) ?? name);
  const written = plan.kind === 'delete' ? [] : toShown(plan.columns.map((column) => column.name));
  collector.use(view, plan.kind, written);
  if (plan.kind !== 'insert' || plan.conflict === null) return;
  if (plan.conflict.action === 'merge') collector.use(view, 'update', written);
  if (plan.conflict.target.length > 0) collector.use(view, 'select', toShown(plan.conflict.target));
}

type Collector = ReturnType<typeof createCollector>;

function createCollector() {
  const uses = new Map<string, RelationUse>();
  const aliases = new Map<string, Table>();
  const functions: SqlFunction[] = [];

  function use(table: Table, privilege: Privilege, columns: Iterable<string>): void {
    const id = `${privilege} ${table.key}`;
    const known = uses.get(id) ?? { table, privilege, columns: new Set<string>() };
    uses.set(id, known);
    for (const column of columns) known.columns.add(column);
  }

  /** A function that takes a row is shown all of it. */
  function row(table: Table): void {
    use(
      table,
      'select',
      table.columns.map((column) => column.name),
    );
  }

  function value(item: Value | null): void {
    if (item === null) return;
    if (item.kind === 'column') {
      const table = aliases.get(item.alias);
      if (table !== undefined) use(table, 'select', [item.column.name]);
    } else if (item.kind === 'path') value(item.base);
    else if (item.kind === 'computed') {
      functions.push(item.fn);
      row(item.table);
    } else if (item.kind === 'embedded') {
      embed(item.embed);
      value(item.value);
    } else value(item.value);
  }

  function condition(item: Condition | null): void {
    if (item === null) return;
    switch (item.kind) {
      case 'constant':
        break;
      case 'and':
      case 'or':
        for (const part of item.items) condition(part);
        break;
      case 'not':
        condition(item.item);
        break;
      case 'exists':
        link(item.link);
        select(item.plan, item.link.targetColumns);
        break;
      default:
        value(item.value);
    }
  }

  function link(item: Link): void {
    const parent = aliases.get(item.parentAlias);
    if (parent !== undefined) use(parent, 'select', item.columns);
    if (item.junction !== null) use(item.junction.table, 'select', [...item.junction.columns, ...item.junction.targetColumns]);
    if (item.computed === null) return;
    functions.push(item.computed.fn);
    if (parent !== undefined) row(parent);
  }

  function embed(item: Embed): void {
    link(item.link);
    select(item.plan, item.link.junction === null ? item.link.targetColumns : []);
  }

  function order(item: OrderTerm): void {
    if (item.through !== null) {
      link(item.through.link);
      if (item.through.source.kind === 'table') aliases.set(item.through.alias, item.through.source.table);
    }
    value(item.value);
  }

  function select(plan: SelectPlan, linked: readonly string[] = []): void {
    const { source } = plan;
    if (source.kind === 'call') functions.push(source.call.fn);
    const table = source.table;
    if (table !== null) {
      aliases.set(plan.alias, table);
      use(table, 'select', linked);
    }
    condition(plan.where);
    for (const field of plan.fields) {
      if (field.kind === 'value') value(field.value);
      else embed(field.embed);
    }
    plan.order.forEach(order);
  }

  return {
    use,
    select,
    functions,
    call: (fn: SqlFunction) => {
      functions.push(fn);
    },
    filter(table: Table, alias: string, where: Condition | null) {
      aliases.set(alias, table);
      if (where !== null) use(table, 'select', []);
      condition(where);
    },
    relations: () => [...uses.values()],
  };
}
