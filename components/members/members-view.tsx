'use client';
/** Being built. */

export function MembersView() {
  return <h1>MembersView</h1>;
}
