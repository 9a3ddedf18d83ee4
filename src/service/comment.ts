import { COMMENT_MAXIMUM } from '../contract/vendor-operations.ts';
import { CordonError } from '../domain/error.ts';

/**
 * Accepts a comment or says what is wrong with it (design, part 4).
 * @throws CordonError `MissingRequiredParameter` when blank, `InvalidInput` when too long or with U+0000
 */
export function checkedComment(comment: string): string {
  if (comment.trim() === '')
    throw new CordonError('MissingRequiredParameter', 'Parameter Comment is missing.');
  requireText('Comment', comment);
  if (comment.length > COMMENT_MAXIMUM) {
    throw new CordonError(
      'InvalidInput',
      `Invalid input Comment. It has ${comment.length} characters, at most ${COMMENT_MAXIMUM} are allowed.`,
    );
  }
  return comment;
}

/**
 * A comment that may be left out: null when there is none, or a blank one.
 * @throws CordonError `InvalidInput` when too long or with U+0000
 */
export function checkedOptionalComment(comment: string | null): string | null {
  return comment === null || comment.trim() === '' ? null : checkedComment(comment);
}

/** Refuses U+0000, which no store keeps alike, and lone surrogates, which are not text. */
export function requireText(name: string, value: string): void {
  if (value.includes('\u0000'))
    throw new CordonError('InvalidInput', `Invalid input ${name}. It contains U+0000.`);
  if (!value.isWellFormed())
    throw new CordonError('InvalidInput', `Invalid input ${name}. It is not well-formed Unicode.`);
}

/** Names of one kind are compared without letter case within a tenant. @param kind role or group */
export const nameTaken = (kind: string, name: string | null): CordonError =>
  new CordonError('InvalidInput', `Invalid input name. A ${kind} named ${name} exists.`);
