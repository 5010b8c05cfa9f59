"""`python -m knowledge_base …`: one command; faults are one clear line each on stderr, exit 2."""

import sys

from sqlalchemy.exc import SQLAlchemyError

from knowledge_base.cli_backup import explain
from knowledge_base.commands import parser
from knowledge_base.errors import KnowledgeBaseError
from knowledge_base.settings import SettingsError, read_settings


def main(typed: list[str] | None = None) -> int:
    """Run one command; its exit code."""
    typed = sys.argv[1:] if typed is None else typed
    arguments = parser().parse_args(typed)
    arguments.typed_arguments = typed
    try:
        code: int = arguments.command(arguments, read_settings())
    except KnowledgeBaseError as error:
        print(explain(error), file=sys.stderr)
        return 2
    except SettingsError as error:
        print(error, file=sys.stderr)
        return 2
    except SQLAlchemyError as error:
        print(f"DATABASE_URL: {getattr(error, 'orig', error)}", file=sys.stderr)
        return 2
    return code


if __name__ == "__main__":
    sys.exit(main())
