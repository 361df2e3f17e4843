"""Extension objects, bound to the application in the factory."""

from flask_babel import Babel
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from flask_migrate import Migrate
from flask_security import Security
from flask_sqlalchemy import SQLAlchemy
from flask_wtf import CSRFProtect

from app.db import Base
from app.web.totp import SingleUseTotp

db = SQLAlchemy(model_class=Base)
migrate = Migrate()
security = Security(totp_cls=SingleUseTotp)
csrf = CSRFProtect()
babel = Babel()
limiter = Limiter(key_func=get_remote_address, headers_enabled=True)
