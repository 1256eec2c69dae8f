/** One instruction of a compiled SQLite program, and what can be told of a function's arguments from those before it. */

export interface Step {
  readonly address: number;
  readonly opcode: string;
  readonly p1: number;
  readonly p2: number;
  readonly p3: number;
  readonly p4: string;
}

const smallBytes = 4096;

/** Functions whose result is as large as a number says, and this number is a small literal: `randomblob(4)`, `format('%.2f', x)`. */
export function hasSmallSize(program: readonly Step[], call: Step, name: string): boolean {
  switch (name) {
    case 'randomblob':
    case 'zeroblob': {
      const size = findLiteral(program, call);
      return size?.opcode === 'Integer' && size.p1 <= smallBytes;
    }
    case 'format':
    case 'printf': {
      const format = findLiteral(program, call);
      return format?.opcode === 'String8' && !/%[^a-zA-Z%]*(?:\*|\d{4})/.test(format.p4);
    }
    default:
      return false;
  }
}

/**
 * The first argument when that is a literal: put into its register once for the whole program, or before the call with
 * nothing that could come between.
 */
function findLiteral(program: readonly Step[], call: Step): Step | null {
  const writers = program.filter((step) => outputs(step).includes(call.p2));
  const writer = writers.length === 1 ? writers[0] : writers.findLast((step) => step.address < call.address);
  if (writer === undefined || (writer.opcode !== 'Integer' && writer.opcode !== 'String8')) return null;
  const entered = program.some(
    (step) =>
      step.p2 > writer.address &&
      step.p2 <= call.address &&
      !outputs(step).includes(step.p2) &&
      !/^(?:Function|PureFunc)$/.test(step.opcode),
  );
  return writers.length === 1 || !entered ? writer : null;
}

/** Registers an instruction may write. */
function outputs({ opcode, p1, p2, p3 }: Step): number[] {
  if (
    /^(?:Integer|String8|Variable|Param|SCopy|IntCopy|Rowid|Copy|Move|Null|Int64|Real|Blob|Gosub|RowData|SorterData|Sequence)$/.test(
      opcode,
    )
  )
    return opcode === 'Copy' || opcode === 'Move' ? range(p2, opcode === 'Copy' ? p3 + 1 : p3) : [p2];
  if (
    /^(?:Function|PureFunc|Column|VColumn|Concat|Add|Subtract|Multiply|Divide|Remainder|BitAnd|BitOr|ShiftLeft|ShiftRight|MakeRecord|RowSetRead)$/.test(
      opcode,
    )
  )
    return [p3];
  if (/^(?:Cast|AggFinal|AddImm|MustBeInt|RealAffinity)$/.test(opcode)) return [p1];
  return [];
}

function range(from: number, count: number): number[] {
  return Array.from({ length: Math.min(count, 1000) }, (_, index) => from + index);
}
