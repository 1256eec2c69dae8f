/** Emails of operators, in the form they are stored and compared in. */

export const toEmail = (text: string): string => text.trim().normalize('NFC').toLowerCase();
