typedef sequence<sequence<sequence<sequence<sequence<sequence<sequence<sequence<sequence<sequence<sequence<sequence<sequence<sequence<sequence<sequence<sequence<long>>>>>>>>>>>>>>>>> Deep;
callback Fine = undefined (sequence<sequence<sequence<sequence<sequence<sequence<sequence<sequence<sequence<sequence<sequence<sequence<sequence<sequence<sequence<Missing>>>>>>>>>>>>>>> x);
