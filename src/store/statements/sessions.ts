import { SESSION_COLUMNS } from '../records/session.ts';
import { statement } from '../sql.ts';
import { insertInto } from './text.ts';

export const SESSIONS = {
  create: statement('create session', insertInto('console_session', SESSION_COLUMNS)),
  /** $2 now. */
  find: statement(
    'session',
    `select ${SESSION_COLUMNS.join(', ')} from console_session where hash = $1 and ends_at > $2`,
  ),
  /** $2 when it ends from now on, $3 now: one that has ended does not come back. */
  keep: statement(
    'keep session',
    'update console_session set ends_at = $2 where hash = $1 and ends_at > $3 and ends_at < $2',
  ),
  end: statement('end session', 'delete from console_session where hash = $1'),
  expire: statement(
    'expire sessions',
    `delete from console_session where hash in (
       select hash from console_session where ends_at <= $1 order by ends_at limit $2)`,
  ),
  createLink: statement(
    'create console link',
    insertInto('console_link', ['hash', 'tenant_id', 'created_by', 'ends_at']),
  ),
  /** $2 now. Whoever removes the row has used the link. */
  useLink: statement(
    'use console link',
    'delete from console_link where hash = $1 and ends_at > $2 returning tenant_id, created_by, ends_at',
  ),
  expireLinks: statement(
    'expire console links',
    `delete from console_link where hash in (
       select hash from console_link where ends_at <= $1 order by ends_at limit $2)`,
  ),
} as const;

/** Tables of what passes: neither a copy nor a backup has it, since somebody may have signed out since. */
export const PASSING_TABLES = ['console_session', 'console_link'] as const;
