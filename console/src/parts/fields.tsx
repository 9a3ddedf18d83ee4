import {
  FieldError,
  Text as Help,
  Input,
  Label,
  TextArea,
  TextField,
  type TextFieldProps,
} from 'react-aria-components';

interface Props extends Omit<TextFieldProps, 'className' | 'children'> {
  /** Left out where `aria-label` names the field. */
  readonly label?: string;
  readonly help?: string | undefined;
  readonly error?: string | undefined;
  readonly lines?: number;
  readonly placeholder?: string;
  readonly mono?: boolean;
}

/** A field with its label, help and error, which screen readers tell together. */
export function Field({ label, help, error, lines, placeholder = '', mono = false, ...rest }: Props) {
  return (
    <TextField {...rest} className={mono ? 'field mono' : 'field'} isInvalid={error !== undefined}>
      {label === undefined ? null : <Label>{label}</Label>}
      {lines === undefined ? (
        <Input placeholder={placeholder} />
      ) : (
        <TextArea rows={lines} placeholder={placeholder} />
      )}
      {help === undefined ? null : (
        <Help slot="description" className="help">
          {help}
        </Help>
      )}
      <FieldError className="error">{error}</FieldError>
    </TextField>
  );
}
