/** Whom SQL or a trial of policies runs as, in a request. */

import { z } from 'zod';

export const impersonationSchema = z.union([
  z.string().min(1).max(320).meta({ description: 'A role, or a user by id or email' }),
  z.object({
    role: z.string().min(1).max(63).optional(),
    sub: z.string().min(1).max(255).optional(),
    claims: z.record(z.string(), z.unknown()).optional(),
  }),
]);
